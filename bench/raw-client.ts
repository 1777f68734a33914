/** What the bare server and its tables agree on. */

/** The key of the digests under which the bare server keeps client secrets. */
export const CLIENT_SECRET_KEY = 'a key that protects nothing: the bare server is for measuring only'

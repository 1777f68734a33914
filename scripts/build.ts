/** `npm run build`: says what there is to build. The server runs from its sources; portals will be built here. */
process.stdout.write('Nothing to build: the server runs from its TypeScript sources, and there are no portals yet.\n')

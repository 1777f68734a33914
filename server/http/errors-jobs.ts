/** TABLE: the errors of jobs, as a part of the table in `errors.ts`. */
export const JOB_ERRORS = {
  // Auth0's has no `errorCode` either.
  inexistent_job: { status: 404, text: 'The job does not exist.' },
  inexistent_file: {
    status: 404,
    text: 'This link is past its time, or its file was removed. Read the job again for a new link.',
  },
  // Auth0's words.
  file_too_large: { status: 413, text: 'Payload content length greater than maximum allowed: {limit}' },
  too_many_jobs: {
    status: 429,
    text: 'There are {count} active {what} jobs, please wait until some of them are finished and try again',
    errorCode: 'too_many_jobs',
  },
  job_ended: { status: 409, text: 'The job has ended. Nothing was changed.', errorCode: 'job_ended' },
} as const

/**
 * What a process counts for Prometheus: requests by route, its own health, the database's connections and the mails that
 * wait. Routes are named by their pattern: an address can hold a person's e-mail.
 */
import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type PrometheusContentType,
  type Registry,
} from 'prom-client'
import { now } from '../base/clock.ts'
import { perServer, type Server } from '../http/server.ts'

/** Where answers come quickly, and where a password is hashed or a list is long. */
const BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10]

/** A request that has been answered. */
export type Answered = { method: string; route: string | undefined; status: number; seconds: number }

/** The counts of a server's process. */
export const metricsOf = perServer((server) => {
  // Made in a worker, one of these also listens for the process that started it.
  const registry = new AggregatorRegistry<PrometheusContentType>()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'tenantry_http_request_duration_seconds',
    help: 'Requests by method, pattern of the route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  })
  addDatabase(registry, server)
  addMails(registry, server)
  // So that the process that started this one can put those of all together (WORKERS).
  AggregatorRegistry.setRegistries(registry)
  return {
    registry,
    count: ({ method, route = 'none', status, seconds }: Answered) => {
      requests.observe({ method, route, status }, seconds)
    },
  }
})

function addDatabase(registry: Registry, { database: { pool } }: Server): void {
  new Gauge({
    name: 'tenantry_database_connections',
    help: 'Connections to PostgreSQL by state; waiting are requests without one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
}

function addMails(registry: Registry, { database: { db } }: Server): void {
  new Gauge({
    name: 'tenantry_mails_waiting',
    help: 'Mails that are due and not sent yet',
    // All processes ask the same table.
    aggregator: 'max',
    registers: [registry],
    async collect() {
      const { count } = await db
        .selectFrom('emails')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '=', 'queued')
        .where('next_attempt_at', '<=', now())
        .executeTakeFirstOrThrow()
      this.set(count)
    },
  })
}

/** What a step keeps with the waiting request until the next one. */
import type { FastifyRequest } from 'fastify'
import type { Server } from '../http/server.ts'
import { newOidcRequest, withinOidcRequest } from './context.ts'
import { findInteraction } from './interaction.ts'
import { providerOf } from './provider.ts'
import type { ProviderVisit } from './provider-sign-in.ts'
import type { Transaction } from './transaction.ts'

/** Keeps what was typed on the first page for the second. */
export async function keepIdentifier(
  server: Server,
  request: FastifyRequest,
  transaction: Transaction,
  identifier: string,
): Promise<void> {
  await withinOidcRequest(newOidcRequest(server, request, undefined), async () => {
    const interaction = await findInteraction(await providerOf(server), request, transaction.id)
    const { wasAtProvider } = interaction.result ?? {}
    interaction.result = { identifier, ...(wasAtProvider ? { wasAtProvider } : {}) }
    await interaction.persist()
  })
}

/** Keeps what has to come back with somebody who is sent to a provider; undefined once he is back, which is kept as well. */
export async function keepProviderVisit(
  server: Server,
  request: FastifyRequest,
  transaction: Transaction,
  providerVisit: ProviderVisit | undefined,
): Promise<void> {
  await withinOidcRequest(newOidcRequest(server, request, undefined), async () => {
    const interaction = await findInteraction(await providerOf(server), request, transaction.id)
    const { providerVisit: _, ...result } = interaction.result ?? {}
    interaction.result = { ...result, ...(providerVisit ? { providerVisit } : { wasAtProvider: true }) }
    await interaction.persist()
  })
}

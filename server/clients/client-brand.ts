import type { Brand } from '../pages/theme.ts'
import type { StoredClient } from './client.ts'

/** In whose name and colour an application's pages speak: `brand_name` and `brand_colour` of its `client_metadata`. */
export function clientBrand(client: Pick<StoredClient, 'settings'> | undefined): Brand {
  const { brand_name: name, brand_colour: colour } = client?.settings.client_metadata ?? {}
  return { name, colour }
}

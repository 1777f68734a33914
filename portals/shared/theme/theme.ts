/** How Mantine's pieces are told to look like ours. Colours are tokens, so that a brand's accent needs no theme of its own. */
import { createTheme, type MantineColorsTuple, type VariantColorResolverResult } from '@mantine/core'
import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/UnstyledButton.layer.css'
import '@mantine/core/styles/Loader.layer.css'
import '@mantine/core/styles/Button.layer.css'
import './mantine-variables.css'
import './base.css'
import './mantine.css'

const token = (name: string) => `var(--tn-${name})`
const mixed = (name: string) => `color-mix(in oklab, ${token(name)} 92%, ${token('ink')})`
const edge = (colour: string) => `1px solid ${colour}`

/** Ten shades of one token: which one is taken makes no difference. */
const accent: MantineColorsTuple = [
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
  token('accent'),
]

const QUIET: VariantColorResolverResult = {
  background: token('surface'),
  hover: token('sunken'),
  color: token('ink'),
  border: edge(token('line-strong')),
}

/** TABLE: the kinds of buttons. */
const VARIANTS: Readonly<Record<string, VariantColorResolverResult>> = {
  filled: {
    background: token('accent'),
    hover: mixed('accent'),
    color: token('accent-ink'),
    border: edge(token('accent-edge')),
  },
  default: QUIET,
  subtle: { ...QUIET, background: 'transparent', border: edge('transparent') },
  danger: { ...QUIET, hover: token('danger-soft'), color: token('danger') },
  'danger-filled': {
    background: token('danger'),
    hover: mixed('danger'),
    color: token('danger-ink'),
    border: edge(token('danger')),
  },
}

/** The theme. */
export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  respectReducedMotion: true,
  autoContrast: false,
  variantColorResolver: ({ variant }) => VARIANTS[variant] ?? QUIET,
  components: {
    // Without a variant Mantine leaves out what the resolver says.
    Button: { defaultProps: { variant: 'default' } },
    Textarea: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    TextInput: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Select: {
      defaultProps: {
        inputWrapperOrder: ['label', 'input', 'description', 'error'],
        withCheckIcon: false,
        withScrollArea: false,
        // A list that fades away, and grows again as it loses the focus, would take the click that goes beside it.
        comboboxProps: { withinPortal: false, transitionProps: { duration: 0 }, offset: 4, shadow: 'md' },
      },
    },
  },
})

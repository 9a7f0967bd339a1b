/** One accent, calm greys, four sizes of type, controls of 32 px. */
import {
  createTheme,
  type MantineColorsTuple,
  NativeSelect,
  TextInput,
  Tooltip,
  Modal,
  Button,
  Skeleton,
} from '@mantine/core'

const teal: MantineColorsTuple = [
  '#e4f4f3',
  '#cbe7e5',
  '#9dd0cc',
  '#6cb8b2',
  '#45a49d',
  '#2a938b',
  '#137d76',
  '#0b6b65',
  '#075a55',
  '#034a46',
]

const grey: MantineColorsTuple = [
  '#f7f8f8',
  '#eff1f1',
  '#e2e5e6',
  '#d0d5d7',
  '#b4bbbe',
  '#8b9498',
  '#667075',
  '#4b5458',
  '#30373a',
  '#1b2022',
]

const dark: MantineColorsTuple = [
  '#d8dddf',
  '#b6bec1',
  '#949da1',
  '#6b7579',
  '#414a4e',
  '#343c40',
  '#272e31',
  '#1c2224',
  '#15191b',
  '#0f1214',
]

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  colors: { teal, gray: grey, dark },
  black: '#1b2022',
  fontFamily:
    "Inter, 'Segoe UI', 'Noto Sans TC', 'Noto Sans CJK TC', 'Microsoft JhengHei', 'PingFang TC', system-ui, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'Cascadia Mono', 'SF Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.45', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.45' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '16px' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 400,
        transitionProps: { duration: 120 },
        withArrow: true,
        events: { hover: true, focus: true, touch: false },
      },
    }),
    Modal: Modal.extend({ defaultProps: { transitionProps: { duration: 120 }, centered: true } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm', autoComplete: 'off' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'sm' } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: 'sm' } }),
  },
})

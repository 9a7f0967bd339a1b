/** Vite gives the text of a file where its name ends in `?raw`. */
declare module '*?raw' {
  const text: string
  export default text
}

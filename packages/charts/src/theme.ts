/** Dark, so that a picture sits well in a dark chat and still reads in a light one. */
export const THEME = {
  background: '#10151c',
  panel: '#161d26',
  grid: '#26303c',
  text: '#e8edf3',
  dim: '#8b98a8',
  up: '#2ebd85',
  down: '#f6465d',
  entry: '#5aa9ff',
  peak: '#f0b90b',
  taken: '#1d7a58',
  sale: '#d58cff',
  onColour: '#0b0f14',
} as const;

/** Sizes of text, for a picture 800 wide that a phone shows at half of that. */
export const SIZE = { title: 30, subtitle: 22, label: 22, axis: 20 } as const;

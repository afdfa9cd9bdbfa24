/** The width of a chart, in pixels: in a narrow side bar it is drawn narrow, so that its words stay as large as the others. */
export const chartWidth = (): number => Math.max(180, Math.min(420, document.documentElement.clientWidth - 40));

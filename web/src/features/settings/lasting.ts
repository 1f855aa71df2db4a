/** How long something has lasted: 45 s, 12 min, 3 h 12 min, 5 d 4 h. Units as everywhere. */
export function lasting(seconds: number): string {
  const s = Math.floor(seconds);
  const [minutes, hours, days] = [Math.floor(s / 60), Math.floor(s / 3_600), Math.floor(s / 86_400)];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${s} s`;
}

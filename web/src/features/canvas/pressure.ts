/** From this fill on a ring holds back what comes before it. */
export const PRESSED = 0.5;

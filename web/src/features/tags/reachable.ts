/** An address that listens everywhere, as a driver on another machine reaches it. @param host of the gateway, as the browser knows it */
export const reachable = (address: string, host: string): string =>
  address.replace(
    /^tcp:\/\/(0\.0\.0\.0|\[::\])(?=:)/,
    `tcp://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`,
  );

/** Tools by other hands are not on every computer. Where they are installed for the tests, to skip is to fail. */
export function mayMiss(reason: string | undefined): boolean {
  return reason !== undefined && process.env['STEPWISE_PEER_TESTS'] !== 'required';
}

/** Where the checks of this computer stand on the page. */
export const HOST_CARD = 'host-checks';

/**
 * The organization whose key seals what belongs to no tenant. No request can name it: ids of tenants have no colon. Its key is
 * never rolled, so what it seals needs no rewrap; a changed root key re-wraps it like every other.
 */
export const PLATFORM_ORGANIZATION = 'vault:platform';

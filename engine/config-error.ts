/** A configuration that is valid in itself and cannot be run with this strategy or this data: its author has to change it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

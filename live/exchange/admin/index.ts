/** The admin door of the local exchange: off unless asked for. */
export { startAdmin } from './door.ts';
export type { AdminDoor, AdminOptions, FaultDesk, SocketDesk } from './door.ts';

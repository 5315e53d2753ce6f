/** SQL of a text that tells a database from others, and from a copy of it whose transactions are numbered anew. */
export const identitySql: string =
  "(SELECT (SELECT system_identifier FROM pg_control_system()) || ' ' || oid FROM pg_database WHERE datname = current_database())";

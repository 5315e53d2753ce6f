/** For npm run inside an npm script: quiet, from the cache where it can, and without asking. */
export const npmEnv: Readonly<Record<string, string>> = {
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
  npm_config_prefer_offline: "true",
  npm_config_loglevel: "error",
};

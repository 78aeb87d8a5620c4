// Runs before an install. A plain `npm install` would fetch the root's tools only and link no package of
// the workspace, and nothing would work afterwards; say what to run instead.
if (!/^pnpm\//.test(process.env.npm_config_user_agent ?? "")) {
  console.error(`
This is a pnpm workspace, and it installs itself. Run one of

  npm start    installs, builds, replays a recording and prints the report
  npm test     installs, builds, runs every test

No pnpm is needed beforehand: the right version is fetched for you.
`);
  process.exit(1);
}

/** Processor time of this process since a reading: what other processes of a busy machine take is not in it. */
export function cpuMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

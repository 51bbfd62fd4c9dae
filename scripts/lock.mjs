/**
 * One command of the suite at a time: a lock file that says who has it. It must never outlive its holder, so the holder is known by
 * its pid, the boot it belongs to and, where the system tells, the moment it started: after a power cut or in a new container
 * another process may have the same pid.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';

/** What says nothing for so long was not just being written. */
const UNREADABLE_MS = 2_000;
/** The clock may be set forward after a boot. */
const CLOCK_STEP_MS = 60_000;
const POLL_MS = 200;

/**
 * Takes the lock; waits while a living process has it.
 *
 * @param command what the others are told
 * @returns a function that gives it back
 * @throws a file system error: the folder cannot be made or written
 */
export function takeLock(path, command, say) {
  mkdirSync(dirname(path), { recursive: true });
  const { pid } = process;
  const text = JSON.stringify({ pid, boot: bootId(), started: startOf(pid), command });
  let said;
  while (!tryTake(path, text)) {
    const found = read(path);
    if (found !== null && isStale(found)) {
      remove(path, found.text);
      continue;
    }
    if (found !== null && found.holder.pid > 0 && said !== found.text) {
      said = found.text;
      const { pid: holder, command: its = 'another command of the suite' } = found.holder;
      say(`Waiting for ${its} (process ${holder}) ... If it is none of the suite's, delete ${path}.`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  return () => {
    if (read(path)?.text === text) rmSync(path, { force: true });
  };
}

/** Written aside and linked: nobody sees half a lock, and a full disk leaves none behind. */
function tryTake(path, text) {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    if (error.syscall !== 'link') throw error;
    return tryTakeWithoutLinks(path, text);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** FAT, and some shares. */
function tryTakeWithoutLinks(path, text) {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    rmSync(path, { force: true });
    throw error;
  }
}

/** @returns null where there is none (any more) */
function read(path) {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, holder: holderIn(text), writtenAt: statSync(path).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A lock of an earlier version holds the pid alone. */
function holderIn(text) {
  try {
    const content = JSON.parse(text);
    const holder = typeof content === 'number' ? { pid: content } : content;
    return Number.isInteger(holder?.pid) ? holder : { pid: 0 };
  } catch {
    return { pid: 0 };
  }
}

function isStale({ holder: { pid, boot, started }, writtenAt }) {
  if (pid <= 0) return Math.abs(Date.now() - writtenAt) > UNREADABLE_MS;
  if (pid === process.pid || !isAlive(pid)) return true;
  const now = bootId();
  if (boot && now && boot !== now) return true;
  if (!boot && writtenAt + CLOCK_STEP_MS < Date.now() - uptime() * 1_000) return true;
  // pid 1 without more comes from a container of an earlier version: here it is the system's
  if (!started) return pid === 1;
  const since = startOf(pid); // not told of another user's process, on some systems
  return since !== undefined && since !== started;
}

/** One at a time, and it reads again: whoever came first may have removed it, and somebody may have the next lock already. */
function remove(path, text) {
  const guard = `${path}.removing`;
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const since = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Math.abs(Date.now() - since) > UNREADABLE_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    if (read(path)?.text === text) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** @returns undefined where the system does not tell */
function bootId() {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim();
}

/** When a process started, in the system's own units; @returns undefined where the system does not tell */
function startOf(pid) {
  // the 22nd field; the second is a name that may hold blanks and brackets
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

// node:os: facts about the machine and its user.
'use strict';

const {
  ArrayPrototypePush,
  NumberParseInt,
  ObjectDefineProperties,
  ObjectFreeze,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
  StringPrototypeSplit,
  SymbolToPrimitive,
  Uint8Array,
  Uint16Array,
} = primordials;
const { validateInt32 } = require('internal/validators');
const native = binding('os');
const { SystemError } = require('internal/os/system_error');

const PRIORITY_HIGHEST = -20;
const PRIORITY_LOW = 19;
const CPU_FIELDS = 7;
const ADDRESS_FIELDS = 7;

/** `result`, unless it is an errno. */
function check(result, syscall) {
  if (typeof result !== 'number' || result >= 0) return result;
  throw new SystemError(result, syscall);
}

const [type, version, release, machine] = check(native.getOSInformation(), 'uv_os_uname');

function hostname() {
  return check(native.getHostname(), 'uv_os_gethostname');
}

function homedir() {
  const { env } = require('process');
  // As libuv: the variable if it is set, even to something else than the user database has.
  if (env.HOME !== undefined && env.HOME !== '') return env.HOME;
  return userInfo().homedir;
}

function loadavg() {
  return native.getLoadAverage();
}

function cpus() {
  const fields = native.getCpus();
  const result = [];
  for (let i = 0; i < fields.length; i += CPU_FIELDS) {
    ArrayPrototypePush(result, {
      model: fields[i],
      speed: fields[i + 1],
      times: {
        user: fields[i + 2],
        nice: fields[i + 3],
        sys: fields[i + 4],
        idle: fields[i + 5],
        irq: fields[i + 6],
      },
    });
  }
  return result;
}

function endianness() {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'LE' : 'BE';
}

function tmpdir() {
  const { env } = require('process');
  const path = env.TMPDIR || env.TMP || env.TEMP || '/tmp';
  return path.length > 1 && StringPrototypeEndsWith(path, '/') ? StringPrototypeSlice(path, 0, -1) : path;
}

function networkInterfaces() {
  const fields = check(native.getInterfaces(), 'uv_interface_addresses');
  const result = {};
  for (let i = 0; i < fields.length; i += ADDRESS_FIELDS) {
    const name = fields[i];
    const scopeid = fields[i + 6];
    const entry = {
      address: fields[i + 1],
      netmask: fields[i + 2],
      family: fields[i + 3],
      mac: fields[i + 4],
      internal: fields[i + 5],
      cidr: toCidr(fields[i + 1], fields[i + 2], fields[i + 3]),
    };
    if (scopeid !== -1) entry.scopeid = scopeid;
    if (result[name] === undefined) result[name] = [entry];
    else ArrayPrototypePush(result[name], entry);
  }
  return result;
}

/** `address/bits`; null if the ones of the mask are not all in front. */
function toCidr(address, netmask, family) {
  const groups = StringPrototypeSplit(netmask, family === 'IPv6' ? ':' : '.');
  const groupBits = family === 'IPv6' ? 16 : 8;
  let bits = 0;
  let zeros = false;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] === '') {
      // `::` stands for groups of zeros, and in a mask only zeros follow.
      zeros = true;
      continue;
    }
    const group = NumberParseInt(groups[i], family === 'IPv6' ? 16 : 10);
    for (let bit = groupBits - 1; bit >= 0; bit--) {
      if ((group >> bit & 1) === 0) zeros = true;
      else if (zeros) return null;
      else bits++;
    }
  }
  return `${address}/${bits}`;
}

function setPriority(pid, priority) {
  if (priority === undefined) {
    priority = pid;
    pid = 0;
  }
  validateInt32(pid, 'pid');
  validateInt32(priority, 'priority', PRIORITY_HIGHEST, PRIORITY_LOW);
  check(native.setPriority(pid, priority), 'uv_os_setpriority');
}

function getPriority(pid) {
  if (pid === undefined) pid = 0;
  else validateInt32(pid, 'pid');
  return check(native.getPriority(pid), 'uv_os_getpriority')[0];
}

function userInfo(options) {
  const encoding = options?.encoding;
  const fields = check(native.getUser(), 'uv_os_get_passwd');
  const { Buffer } = require('buffer');
  const text = (bytes) => {
    if (bytes === null) return null;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (encoding === 'buffer') return buffer;
    return buffer.toString(Buffer.isEncoding(encoding) ? encoding : 'utf8');
  };
  return {
    __proto__: null,
    uid: fields[0],
    gid: fields[1],
    username: text(fields[2]),
    homedir: text(fields[3]),
    shell: text(fields[4]),
  };
}

function named(name, value) {
  const get = { [name]: () => value }[name];
  // `${os.hostname}` is the hostname: Node lets these functions stand for their results.
  get[SymbolToPrimitive] = get;
  return get;
}

const getVersion = named('version', version);
const getType = named('type', type);
const getRelease = named('release', release);
const getMachine = named('machine', machine);
const platform = () => require('process').platform;
const arch = () => require('process').arch;
const freemem = () => native.getFreeMemory();
const totalmem = () => native.getTotalMemory();
const uptime = () => native.getUptime();
const availableParallelism = () => native.getAvailableParallelism();
const selfNamed = [
  availableParallelism, arch, endianness, freemem, homedir, hostname, platform, tmpdir, totalmem, uptime,
];
for (let i = 0; i < selfNamed.length; i++) selfNamed[i][SymbolToPrimitive] = selfNamed[i];

const constants = {
  __proto__: null,
  UV_UDP_REUSEADDR: 4,
  dlopen: native.constants.dlopen,
  errno: native.constants.errno,
  signals: ObjectFreeze(native.constants.signals),
  priority: {
    __proto__: null,
    PRIORITY_LOW,
    PRIORITY_BELOW_NORMAL: 10,
    PRIORITY_NORMAL: 0,
    PRIORITY_ABOVE_NORMAL: -7,
    PRIORITY_HIGH: -14,
    PRIORITY_HIGHEST,
  },
};

module.exports = {
  arch,
  availableParallelism,
  cpus,
  endianness,
  freemem,
  getPriority,
  homedir,
  hostname,
  loadavg,
  networkInterfaces,
  platform,
  release: getRelease,
  setPriority,
  tmpdir,
  totalmem,
  type: getType,
  userInfo,
  uptime,
  version: getVersion,
  machine: getMachine,
};

ObjectDefineProperties(module.exports, {
  constants: { __proto__: null, configurable: false, enumerable: true, value: constants },
  EOL: { __proto__: null, configurable: true, enumerable: true, writable: false, value: '\n' },
  devNull: { __proto__: null, configurable: true, enumerable: true, writable: false, value: '/dev/null' },
});

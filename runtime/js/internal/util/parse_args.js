// `util.parseArgs`: the words of a command line as options and positionals.
'use strict';

const {
  ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSplice, ObjectEntries, ObjectHasOwn, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const {
  codes: {
    ERR_INVALID_ARG_VALUE, ERR_PARSE_ARGS_INVALID_OPTION_VALUE, ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL, ERR_PARSE_ARGS_UNKNOWN_OPTION,
  },
} = require('internal/errors');
const {
  validateArray, validateBoolean, validateBooleanArray, validateObject, validateString, validateStringArray, validateUnion,
} = require('internal/validators');
const { kEmptyObject } = require('internal/util');

// Only own properties count: a polluted prototype is no option.
function own(object, key) {
  return ObjectHasOwn(object, key) ? object[key] : undefined;
}

function setting(options, name, key) {
  return ObjectHasOwn(options, name) ? own(options[name], key) : undefined;
}

function mainArgs() {
  const process = require('process');
  return ArrayPrototypeSlice(process.argv, binding('process').options.eval === undefined ? 2 : 1);
}

function parseArgs(config = kEmptyObject) {
  const args = own(config, 'args') ?? mainArgs();
  const strict = own(config, 'strict') ?? true;
  const allowPositionals = own(config, 'allowPositionals') ?? !strict;
  const returnTokens = own(config, 'tokens') ?? false;
  const allowNegative = own(config, 'allowNegative') ?? false;
  const options = own(config, 'options') ?? { __proto__: null };
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(returnTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  const entries = ObjectEntries(options);
  for (let i = 0; i < entries.length; i++) validateOption(entries[i][0], entries[i][1]);

  const tokens = new Tokenizer(args, options).run();
  const values = { __proto__: null };
  const positionals = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.kind === 'option') {
      if (strict) checkUsage(token, options, allowPositionals, allowNegative);
      store(token, options, values, allowNegative);
    } else if (token.kind === 'positional') {
      if (!allowPositionals) throw new ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      ArrayPrototypePush(positionals, token.value);
    }
  }
  for (let i = 0; i < entries.length; i++) {
    const { 0: name, 1: option } = entries[i];
    if (own(option, 'default') !== undefined && values[name] === undefined && name !== '__proto__') values[name] = option.default;
  }
  return returnTokens ? { values, positionals, tokens } : { values, positionals };
}

function validateOption(name, option) {
  validateObject(option, `options.${name}`);
  const type = own(option, 'type');
  validateUnion(type, `options.${name}.type`, ['string', 'boolean']);
  if (ObjectHasOwn(option, 'short')) {
    validateString(option.short, `options.${name}.short`);
    if (option.short.length !== 1) throw new ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, 'must be a single character');
  }
  const multiple = own(option, 'multiple');
  if (ObjectHasOwn(option, 'multiple')) validateBoolean(multiple, `options.${name}.multiple`);
  const fallback = own(option, 'default');
  if (fallback === undefined) return;
  const one = type === 'string' ? validateString : validateBoolean;
  const list = type === 'string' ? validateStringArray : validateBooleanArray;
  (multiple ? list : one)(fallback, `options.${name}.default`);
}

class Tokenizer {
  #args;
  #options;
  #tokens = [];
  #index = -1;
  // Words left of a group of short options, which stand at one index together.
  #inGroup = 0;

  constructor(args, options) {
    this.#args = ArrayPrototypeSlice(args);
    this.#options = options;
  }

  run() {
    while (this.#args.length > 0) {
      const arg = this.#args.shift();
      if (this.#inGroup > 0) this.#inGroup--;
      else this.#index++;
      if (arg === '--') {
        ArrayPrototypePush(this.#tokens, { kind: 'option-terminator', index: this.#index });
        while (this.#args.length > 0) this.#positional(this.#args.shift(), ++this.#index);
      } else if (!this.#short(arg) && !this.#long(arg)) {
        this.#positional(arg, this.#index);
      }
    }
    return this.#tokens;
  }

  #positional(value, index) {
    ArrayPrototypePush(this.#tokens, { kind: 'positional', index, value });
  }

  #option(name, rawName, value, inlineValue) {
    ArrayPrototypePush(this.#tokens, { kind: 'option', name, rawName, index: this.#index, value, inlineValue });
  }

  // An option in a word of its own; the next word is its value when it takes one.
  #separate(name, rawName) {
    if (!this.#isString(name) || this.#args.length === 0 || this.#args[0] === undefined || this.#args[0] === null) {
      return this.#option(name, rawName, undefined, undefined);
    }
    this.#option(name, rawName, this.#args.shift(), false);
    this.#index++;
  }

  #isString(name) {
    return setting(this.#options, name, 'type') === 'string';
  }

  #short(arg) {
    if (arg.length < 2 || arg[0] !== '-' || arg[1] === '-') return false;
    const name = this.#longOf(arg[1]);
    if (arg.length === 2) {
      this.#separate(name, arg);
    } else if (this.#isString(name)) {
      this.#option(name, `-${arg[1]}`, StringPrototypeSlice(arg, 2), true);
    } else {
      const parts = this.#expand(arg);
      ArrayPrototypeSplice(this.#args, 0, 0, ...parts);
      this.#inGroup = parts.length;
    }
    return true;
  }

  // `-abc` as `-a -b -c`; what follows an option with a value is its value.
  #expand(arg) {
    const parts = [];
    for (let i = 1; i < arg.length; i++) {
      if (this.#isString(this.#longOf(arg[i])) && i !== arg.length - 1) {
        ArrayPrototypePush(parts, `-${StringPrototypeSlice(arg, i)}`);
        break;
      }
      ArrayPrototypePush(parts, `-${arg[i]}`);
    }
    return parts;
  }

  #long(arg) {
    if (arg.length < 3 || !StringPrototypeStartsWith(arg, '--')) return false;
    const equals = StringPrototypeIndexOf(arg, '=', 3);
    if (equals === -1) this.#separate(StringPrototypeSlice(arg, 2), arg);
    else this.#option(StringPrototypeSlice(arg, 2, equals), StringPrototypeSlice(arg, 0, equals), StringPrototypeSlice(arg, equals + 1), true);
    return true;
  }

  #longOf(short) {
    const entries = ObjectEntries(this.#options);
    for (let i = 0; i < entries.length; i++) if (own(entries[i][1], 'short') === short) return entries[i][0];
    return short;
  }
}

function checkUsage(token, options, allowPositionals, allowNegative) {
  let { name } = token;
  if (!ObjectHasOwn(options, name)) {
    if (allowNegative && StringPrototypeStartsWith(name, 'no-')) name = StringPrototypeSlice(name, 3);
    if (setting(options, name, 'type') === undefined || (name !== token.name && setting(options, name, 'type') !== 'boolean')) {
      throw new ERR_PARSE_ARGS_UNKNOWN_OPTION(token.rawName, allowPositionals);
    }
  }
  const short = setting(options, name, 'short');
  const shown = `${short ? `-${short}, ` : ''}--${name}`;
  const type = setting(options, name, 'type');
  if (type === 'string' && typeof token.value !== 'string') {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown} <value>' argument missing`);
  }
  if (type === 'boolean' && token.value !== undefined && token.value !== null) {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown}' does not take an argument`);
  }
  if (!token.inlineValue && token.value?.length > 1 && token.value[0] === '-') refuseAmbiguous(token);
}

function refuseAmbiguous({ name, rawName }) {
  const example = StringPrototypeStartsWith(rawName, '--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${rawName}' argument is ambiguous.
Did you forget to specify the option argument for '${rawName}'?
To specify an option argument starting with a dash use ${example}.`);
}

function store(token, options, values, allowNegative) {
  if (token.name === '__proto__') return;
  let { value } = token;
  if (allowNegative && StringPrototypeStartsWith(token.name, 'no-') && value === undefined) {
    token.name = StringPrototypeSlice(token.name, 3);
    value = false;
  }
  value ??= true;
  if (!setting(options, token.name, 'multiple')) values[token.name] = value;
  else if (values[token.name]) ArrayPrototypePush(values[token.name], value);
  else values[token.name] = [value];
}

module.exports = { parseArgs };

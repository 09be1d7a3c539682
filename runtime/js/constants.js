// `node:constants`, deprecated: the numbers of the system, of `fs` and of `crypto` in one object.
'use strict';

const { ObjectAssign, ObjectFreeze } = primordials;

const { dlopen, errno, priority, signals } = require('os').constants;

ObjectFreeze(ObjectAssign(exports, dlopen, errno, priority, signals, require('fs').constants, require('crypto').constants));

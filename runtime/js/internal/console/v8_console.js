// V8's own console, through which an attached debugger hears what is logged. Loaded before the global is replaced.
'use strict';

module.exports = { v8Console: globalThis.console };

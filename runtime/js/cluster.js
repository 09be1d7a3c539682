// `node:cluster`: processes that serve the same ports. Each worker listens by itself with SO_REUSEPORT and the kernel
// spreads the connections, so that no connection crosses a process: the policy is always SCHED_NONE.
'use strict';

module.exports = require('internal/main').isClusterWorker() ? require('internal/cluster/child') : require('internal/cluster/primary');

'use strict';

// node:async_hooks: AsyncLocalStorage and AsyncResource on the frame that V8 carries, and the ids of resources
// with the hooks that are told of them.

const { AsyncLocalStorage } = require('internal/async_hooks/async_local_storage');
const { AsyncResource } = require('internal/async_hooks/async_resource');
const { createHook } = require('internal/async_hooks/create_hook');
const {
  executionAsyncId,
  executionAsyncResource,
  triggerAsyncId,
} = require('internal/async_hooks/ids');

module.exports = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  asyncWrapProviders: require('internal/async_hooks/providers').asyncWrapProviders,
  AsyncResource,
};

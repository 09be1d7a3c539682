// What the parts of HTTP/2 keep on each other's objects.
'use strict';

const { Symbol } = primordials;

module.exports = {
  kAuthority: Symbol('authority'),
  kBoundSession: Symbol('session of the socket'),
  kFrame: Symbol('async context'),
  kHandle: Symbol('native session'),
  kId: Symbol('id'),
  kInit: Symbol('init'),
  kMaybeDestroy: Symbol('destroy when done'),
  kOptions: Symbol('options'),
  kOrigin: Symbol('origin'),
  kProceed: Symbol('proceed'),
  kProtocol: Symbol('protocol'),
  kSchedule: Symbol('schedule a flush'),
  kServer: Symbol('server'),
  kSession: Symbol('session'),
  kSocket: Symbol('socket'),
  kState: Symbol('state'),
  kType: Symbol('type'),
  kUpdateTimer: Symbol('update timer'),
};

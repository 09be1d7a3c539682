// What the parts of HTTP/2 keep on each other's objects.
'use strict';

const { Symbol } = primordials;

module.exports = {
  kAuthority: Symbol('authority'),
  kBoundSession: Symbol('session of the socket'),
  kClosedByProtocol: Symbol('closed by the protocol'),
  kFlush: Symbol('flush'),
  kFrame: Symbol('async context'),
  kHandle: Symbol('native session'),
  kId: Symbol('id'),
  kInit: Symbol('init'),
  kKeepOpen: Symbol('keep open'),
  kMaybeDestroy: Symbol('destroy when done'),
  kMaybeShut: Symbol('shut if ended'),
  kOptions: Symbol('options'),
  kOrigin: Symbol('origin'),
  kOriginSet: Symbol('origin set'),
  kPingAnswered: Symbol('ping answered'),
  kProceed: Symbol('proceed'),
  kProtocol: Symbol('protocol'),
  kRemoteSettingsCame: Symbol('remote settings came'),
  kSchedule: Symbol('schedule a flush'),
  kServer: Symbol('server'),
  kSession: Symbol('session'),
  kSettingsAnswered: Symbol('settings answered'),
  kSocket: Symbol('socket'),
  kState: Symbol('state'),
  kStreamCame: Symbol('stream came'),
  kTrailersWanted: Symbol('trailers wanted'),
  kType: Symbol('type'),
  kUpdateTimer: Symbol('update timer'),
  kWasSent: Symbol('was sent'),
  kWriteAll: Symbol('write all'),
  kWritten: Symbol('written'),
};

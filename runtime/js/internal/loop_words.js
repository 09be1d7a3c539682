// The words shared with the loop, by the names that `shared_words.rs` gives them.
'use strict';

module.exports = {
  words: binding('loop').words,
  TICKS_QUEUED: 0,
  REJECTIONS_WAITING: 1,
  IMMEDIATES_QUEUED: 2,
  IMMEDIATES_REFED: 3,
  IMMEDIATES_LEFT: 4,
  CURRENT_CALLBACK: 5,
  OBSERVED: 6,
  WALL_SECOND: 7,
  NETWORK: 8,
};

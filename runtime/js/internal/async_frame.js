// The async context frame: what V8 carries across promise reactions, and what everything scheduled here captures.
'use strict';

const { getContinuationPreservedEmbedderData, setContinuationPreservedEmbedderData } = binding('util').extras;

module.exports = { getFrame: getContinuationPreservedEmbedderData, setFrame: setContinuationPreservedEmbedderData };

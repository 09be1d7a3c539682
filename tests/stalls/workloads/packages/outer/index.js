// A package in between.
module.exports = (text) => require('../inner')(text);

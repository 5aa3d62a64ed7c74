// Stands in for a package that is no longer kept: data comes from DuckDB rows, never from an address.
module.exports = () => {
  throw new Error('request is not installed: read data with queryFrame');
};

// Stands in for a package with unrepaired faults: data comes from DuckDB rows, never from a workbook.
const refuse = () => {
  throw new Error('xlsx is not installed: read data with queryFrame');
};
module.exports = { read: refuse, readFile: refuse, writeFile: refuse, utils: {} };

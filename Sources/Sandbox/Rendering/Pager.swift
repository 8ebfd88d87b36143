import CivilTime

/// Serves pages of data sets, from the cache when the same page was served before.
struct Pager: Sendable {
  let cache: PageCache

  struct Page {
    /// The rendered rows.
    let bytes: [UInt8]
    let rows: Int
    /// Of the whole window.
    let total: Int
  }

  func page(
    _ dataSet: DataSet, _ selection: Timeline.Selection, offset: Int, limit: Int, distortion: PageDistortion
  ) -> Page {
    let total = selection.total
    if distortion.isEmptied { return Page(bytes: [], rows: 0, total: total) }
    let offset = distortion.repeatsPrevious ? max(0, offset - limit) : offset
    let rows = max(0, min(limit, total - offset))
    if distortion.poison != nil {
      let poisoned = dataSet.rows(selection, offset: offset, limit: limit, poison: distortion.poison)
      return Page(bytes: dataSet.render(poisoned), rows: poisoned.count, total: total)
    }
    let key = PageCache.Key(
      dataSet: dataSet.name, from: selection.from, offset: offset, limit: limit, total: total,
      moved: selection.moved)
    if let bytes = cache.page(key) { return Page(bytes: bytes, rows: rows, total: total) }
    let bytes = dataSet.render(dataSet.rows(selection, offset: offset, limit: limit))
    cache.keep(bytes, for: key)
    return Page(bytes: bytes, rows: rows, total: total)
  }
}

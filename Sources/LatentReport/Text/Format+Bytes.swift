import LatentFiles

extension Format {
  /// An amount of memory or of a disk, in powers of 1000: `950 bytes`, `2.0 MB`, `231 MB`.
  public static func bytes(_ count: Double) -> String {
    guard count >= 999.5 else { return fixed(count, 0) + (fixed(count, 0) == "1" ? " byte" : " bytes") }
    var value = count
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    // 999.5 kB would be written as 1000 kB.
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return "\(fixed(value, value < 9.95 ? 1 : 0)) \(units[unit])"
  }
}

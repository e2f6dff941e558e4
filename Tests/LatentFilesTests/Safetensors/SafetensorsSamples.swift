import LatentFiles

/// The bytes of a file with this header, as it stands, and so many bytes of data: 0, 1, 2, ...
func safetensorsBytes(header: String, dataByteCount: Int = 0) -> [UInt8] {
  safetensorsBytes(header: Array(header.utf8), dataByteCount: dataByteCount)
}

func safetensorsBytes(header: [UInt8], length: UInt64? = nil, dataByteCount: Int = 0) -> [UInt8] {
  let length = withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { Array($0) }
  return length + header + (0..<dataByteCount).map { UInt8(truncatingIfNeeded: $0) }
}

/// The fault that reading these bytes finds; nil if they are a valid file.
func safetensorsFault(_ bytes: [UInt8]) -> String? {
  do {
    _ = try SafetensorsFile(bytes: bytes)
    return nil
  } catch { return error.reason }
}

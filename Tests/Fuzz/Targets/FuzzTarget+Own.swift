import Foundation
import LatentFiles
import LatentKernels

/// Readers of people's own data: series and pictures.
extension FuzzTarget {
  /// CSV of series, plain (and compressed, where the first bytes say so).
  static let series = FuzzTarget(
    name: "csv",
    seeds: {
      [
        "time,a,b,label\n2014-04-01 00:00:00,1,-2.5,0\n2014-04-01 00:05:00.25,1e3,,1\n2014-04-01 00:00:00,NaN,3,1\n",
        "sep=;\r\n\"a \"\"b\"\"\";c\r\n1,5;-2\r\n3;4,25\r\n", "1396310700000\t1\n1396310700250\t12345678901234567890\n",
        "\u{FEFF}ts,x,note\n1.5,?,y\n1.25,2,z\n", "2014/04/01T00:05Z,1\n2014/04/01T00:05+02:00,1\n", ",0\n0,1\n1,2\n",
      ].map { Array($0.utf8) } + [gzip(Array("a,b\n1,2\n".utf8)), [0xFF, 0xFE, 0x31, 0, 0x0A, 0]]
    },
    words: [
      "sep=;", "time", "label", "y", "NaN", "#N/A", "\"\"", "\n\"", "\r\n", ";", "\t", ",", "1e", "e-400", "T00:00:00",
      "Z", "+02:00", "0000-01-01", "9999-12-31", "\u{FEFF}",
    ], longest: 1 << 12,
    run: { bytes in
      guard let file = try? SeriesFile(bytes: bytes, name: "fuzz") else { return }
      promise(file.values.count == file.rows * file.columns.count && file.rows > 0, "csv: other values")
      promise(file.values.allSatisfy { !$0.isInfinite }, "csv: an infinite value")
      promise(file.fileRows >= file.rows && file.labels?.count ?? file.rows == file.rows, "csv: other rows")
      promise(file.rowOfFileRow.map { $0.count == file.fileRows && $0.max() == file.rows - 1 } ?? true, "csv: places")
      guard let times = file.times, let format = file.timeFormat else { return }
      promise(times.count == file.rows, "csv: other times")
      promise(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "csv: times that do not rise")
      for time in times { promise(!format.text(of: time).isEmpty, "csv: a time that is nothing") }
    })

  /// Rows of series that come line by line.
  static let lines = FuzzTarget(
    name: "lines",
    seeds: {
      [
        "time,a,b\n2014-04-01 00:00:00,1,-2.5\n2014-04-01 00:05:00.25,1e3,\n",
        "1396310700000\t1\t2\n1396310700250\t3\tNA\n",
        "b;a;t\r\n1,5;-2;2014-04-01\r\n", "\n1,2\n3,4\n", "a,b\n\"1\",\"2\n", "2014-04-01T00:00Z,?,1\n",
      ].map { Array($0.utf8) }
    },
    words: ["a,b", "time", "NaN", "\"", "\r", ";", "\t", ",", "1e", "T00:00:00", "sep=;", "\u{FEFF}", "9999-12-31"],
    longest: 1 << 10,
    run: { bytes in
      var lines = SeriesLines(columns: ["a", "b"])
      for line in String(decoding: bytes, as: UTF8.self).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      {
        guard let row = try? lines.row(of: String(line)) else { continue }
        promise(row.values.count == 2 && row.values.allSatisfy { !$0.isInfinite }, "lines: other values")
        promise(row.time.map { $0.isFinite && lines.timeFormat != nil } ?? true, "lines: a time that is none")
      }
    })

  /// Intervals of labels, as a table and as JSON.
  static let intervals = FuzzTarget(
    name: "intervals",
    seeds: {
      [
        "start,end\n2014-04-01 00:00:00,2014-04-02\n1396310700,1396310700250\n", "note,end,start\nx,2,1\n",
        "3,4\n\n5,5",
        #"{"a/b.csv": [["2014-10-30 15:30:00.000000", "2014-11-02"], [1, 2.5]]}"#, "[[1, 2]]", #"{"b": [], "c": []}"#,
      ].map { Array($0.utf8) }
    },
    words: ["start", "end", "\"", ",", "\n", "[[", "]]", "{\"b\": ", "1e12", "-1", "nan", "2014-04-01T00:00:00Z"],
    longest: 1 << 12,
    run: { bytes in
      for series in [nil, "b", "a/b.csv"] {
        guard let file = try? IntervalFile(bytes: bytes, name: "fuzz", series: series) else { continue }
        promise(
          file.intervals.allSatisfy { $0.lowerBound.isFinite && $0.upperBound.isFinite }, "intervals: an infinite time")
      }
    })

  /// PNG pictures as data.
  static let png = FuzzTarget(
    name: "png",
    seeds: {
      [Picture.Channels.grey, .rgb].map { channels in
        let pixels = (0..<35 * channels.rawValue).map { UInt8($0) }
        return (try? PNG.encode(Picture(width: 7, height: 5, channels: channels, pixels: pixels))) ?? []
      }
    },
    words: ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "gAMA"], longest: 1 << 11, run: readPicture)

  /// JPEG pictures as data.
  static let jpeg = FuzzTarget(
    name: "jpeg",
    seeds: { [greyJPEG, progressiveJPEG].map { Array(Data(base64Encoded: $0)!) } },
    words: ["JFIF", "Adobe", "Exif"], longest: 1 << 11, run: readPicture)

  private static func readPicture(_ bytes: [UInt8]) {
    let header = try? ImageFile.header(of: bytes, name: "fuzz")
    guard let picture = try? ImageFile.decode(bytes) else { return }
    promise(
      header?.width == picture.width && header?.height == picture.height && header?.channels == picture.channels,
      "picture: another header")
    guard let small = try? ImageFile.decode(bytes, as: .grey, height: 3, width: 2) else {
      fatalError("picture: it cannot be averaged")
    }
    promise(small.pixels.count == 6, "picture: \(small.pixels.count) pixels of 6")
  }

  /// 18 × 13 pixels, as Pillow writes them.
  private static let greyJPEG = """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMU\
    FRUVDA8XGBYUGBIUFRT/wAALCAANABIBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF\
    BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW\
    V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi\
    4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APkz4X/C/wD1P7n07V9efC/4X/6n9z6dq9+h+F/7lP3P8I7V84fC/wAH2X7nj07V\
    9d/C/wAH2X7nj07V7/D4OsvJTj+Edq//2Q==
    """
  private static let progressiveJPEG = """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYn\
    KSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo\
    KCgoKCgoKCj/wgARCAANABIDASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAUGB//EABYBAQEBAAAAAAAAAAAAAAAAAAMF\
    Bv/aAAwDAQACEAMQAAABknVI/jhGmjC6X//EABkQAAMBAQEAAAAAAAAAAAAAAAACAwQTFP/aAAgBAQABBQKWQljPERgpGCnBT//E\
    ABgRAAIDAAAAAAAAAAAAAAAAAAAFAQIV/9oACAEDAQE/AVraTXsf/8QAGBEAAgMAAAAAAAAAAAAAAAAAAAIDEhP/2gAIAQIBAT8B\
    WfQof//EABYQAQEBAAAAAAAAAAAAAAAAADEAIP/aAAgBAQAGPwIiMf/EABkQAAMAAwAAAAAAAAAAAAAAAAABIRARMf/aAAgBAQAB\
    PyHnhlAkJxaz/9oADAMBAAIAAwAAABAnP//EABgRAAIDAAAAAAAAAAAAAAAAAAABESFR/9oACAEDAQE/EEYsWzP/xAAXEQEAAwAA\
    AAAAAAAAAAAAAAAAAREx/9oACAECAQE/EJ9qP//EAB4QAAIABgMAAAAAAAAAAAAAAAARASExQVGhYcHR/9oACAEBAAE/EG+AxdCQ\
    44ImjREUaEkrYP/Z
    """
}

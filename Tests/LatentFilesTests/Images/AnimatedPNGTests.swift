import Foundation
import LatentFiles
import Testing

@Suite struct AnimatedPNGTests {
  private func frame(_ number: Int, width: Int = 7, height: Int = 5, _ channels: Picture.Channels = .grey) -> Picture {
    let count = width * height * channels.rawValue
    return Picture(
      width: width, height: height, channels: channels,
      pixels: (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + number * 31) })
  }

  /// The chunks of a file, by the specification.
  private func chunks(_ file: [UInt8]) throws -> [(name: String, data: [UInt8])] {
    try #require(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    var (chunks, start): ([(String, [UInt8])], Int) = ([], 8)
    while start < file.count {
      let length = number(file[start..<start + 4])
      let name = String(decoding: file[start + 4..<start + 8], as: UTF8.self)
      chunks.append((name, Array(file[start + 8..<start + 8 + length])))
      start += 12 + length
    }
    try #require(start == file.count)
    return chunks
  }

  private func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  @Test(arguments: [Picture.Channels.grey, .rgb])
  func framesAndTheirTimes(_ channels: Picture.Channels) throws {
    var film = AnimatedPNG()
    for index in 0..<4 { try film.append(frame(index, channels)) }
    #expect(film.count == 4)
    let file = film.encoded(secondsPerFrame: 0.25, lastSeconds: 2)
    let chunks = try chunks(file)
    #expect(
      chunks.map(\.name) == [
        "IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND",
      ])
    #expect(chunks[1].data == [0, 0, 0, 4, 0, 0, 0, 0], "four frames, for ever")
    let controls = chunks.filter { $0.name == "fcTL" }.map(\.data)
    for (index, control) in controls.enumerated() {
      #expect(number(control[4..<8]) == 7 && number(control[8..<12]) == 5 && number(control[12..<20]) == 0)
      let seconds = Double(number(control[20..<22])) / Double(number(control[22..<24]))
      #expect(seconds == (index == 3 ? 2 : 0.25))
    }
    // Sequence numbers of both kinds of chunks count on together.
    let numbers = chunks.filter { ["fcTL", "fdAT"].contains($0.name) }.map { number($0.data.prefix(4)) }
    #expect(numbers == Array(0..<7))

    // A program that knows no animation sees the first frame; libpng checks the checksums of all it knows.
    #expect(try ImageFile.decode(file) == frame(0, channels))
    let again = try #require(AnimatedPNG(file))
    #expect(again == film)
    for index in 0..<4 { #expect(try again.picture(index) == frame(index, channels)) }
  }

  @Test func framesOfAnotherSize() throws {
    var film = AnimatedPNG()
    try film.append(frame(0))
    for other in [frame(1, width: 8), frame(1, height: 6), frame(1, .rgb)] {
      #expect(throws: FileError.self) { try film.append(other) }
    }
    try film.append(frame(1))
    #expect(film.count == 2)
    film.keepFirst(5)
    #expect(film.count == 2)
    film.keepFirst(1)
    #expect(try film.count == 1 && film.picture(0) == frame(0))
  }

  /// Damaged files, and files of others, are no animation; nothing traps.
  @Test func damagedFiles() throws {
    var film = AnimatedPNG()
    for index in 0..<3 { try film.append(frame(index)) }
    let file = film.encoded(secondsPerFrame: 1)
    #expect(AnimatedPNG([]) == nil && AnimatedPNG(Array("no picture".utf8)) == nil)
    #expect(AnimatedPNG(try PNG.encode(frame(0))) == nil, "a picture without animation")
    for length in 0..<file.count { #expect(AnimatedPNG(Array(file.prefix(length))) == nil, "cut after \(length)") }
    for index in file.indices {
      var damaged = file
      damaged[index] ^= 0x55
      #expect(AnimatedPNG(damaged) == nil, "byte \(index)")
    }
  }
}

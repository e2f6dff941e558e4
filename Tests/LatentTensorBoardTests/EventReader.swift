import Foundation
import SwiftProtobuf
import Testing

@testable import LatentTensorBoard

/// The events of a file, read by what TensorFlow's `record_reader.cc` says of the format.
func events(in path: String) throws -> [Tensorboard_Event] {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  var events: [Tensorboard_Event] = []
  var position = 0
  func number(_ count: Int) -> UInt64 {
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  while position < bytes.count {
    let lengthBytes = Array(bytes[position..<position + 8])
    let length = Int(number(8))
    #expect(number(4) == UInt64(plainMaskedChecksum(lengthBytes)))
    let message = Array(bytes[position..<position + length])
    position += length
    #expect(number(4) == UInt64(plainMaskedChecksum(message)))
    events.append(try Tensorboard_Event(serializedBytes: message))
  }
  return events
}

/// CRC-32C by the definition, bit by bit, masked.
private func plainMaskedChecksum(_ bytes: [UInt8]) -> UInt32 {
  var rest: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    for bit in 0..<8 {
      let feedback = (rest ^ UInt32(byte >> bit)) & 1
      rest = rest >> 1 ^ (feedback == 1 ? 0x82F6_3B78 : 0)
    }
  }
  let crc = rest ^ 0xFFFF_FFFF
  return (crc << 17 | crc >> 15) &+ 0xA282_EAD8
}

/// The only event file in a folder, or one of several in the order of their names.
func eventFile(in folder: String, _ index: Int = 0) throws -> String {
  let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
    $0.hasPrefix("events.out.tfevents.")
  }
  try #require(names.count > index)
  return folder + "/" + names.sorted()[index]
}

extension [Tensorboard_Event] {
  /// Steps and values of a tag.
  func values(_ tag: String) -> [(step: Int, value: Tensorboard_Summary.Value)] {
    flatMap { event in event.summary.value.filter { $0.tag == tag }.map { (Int(event.step), $0) } }
  }

  func scalars(_ tag: String) -> [Float] { values(tag).map(\.value.simpleValue) }

  func steps(_ tag: String) -> [Int] { values(tag).map(\.step) }

  var tags: Set<String> { Set(flatMap { $0.summary.value.map(\.tag) }) }
}

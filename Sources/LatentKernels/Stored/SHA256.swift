import CLatentKernels

/// The SHA-256 digest of a stream of bytes (FIPS 180-4): what identifies a data file or a checkpoint.
///
///     var hash = SHA256()
///     hash.update([0x61, 0x62, 0x63])
///     print(hash.hexDigest())  // ba7816bf…
public struct SHA256: Sendable {
  private var state = latent_sha256()

  /// The hash of no bytes yet.
  public init() {
    latent_sha256_init(&state)
  }

  /// - Parameter usesInstructions: whether to take the processor's instructions for this hash, where it has them; the digest
  ///   is the same
  package init(usesInstructions: Bool) {
    self.init()
    if !usesInstructions { state.uses_instructions = 0 }
  }

  /// Adds bytes to the end of the message.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    latent_sha256_update(&state, base, bytes.count)
  }

  /// Adds bytes to the end of the message.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of the bytes so far: 32 bytes. More may be added afterwards.
  public func digest() -> [UInt8] {
    var last = state
    var digest = [UInt8](repeating: 0, count: 32)
    latent_sha256_final(&last, &digest)
    return digest
  }

  /// The digest of the bytes so far as 64 lowercase hexadecimal digits.
  public func hexDigest() -> String {
    let digits = Array("0123456789abcdef")
    return String(digest().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

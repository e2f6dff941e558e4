import LatentKernels

/// Where a tape is, for a part of the model on a tape of its own.
struct SegmentSettings {
  fileprivate let parameters: TapeParameters?
  fileprivate let workspace: Workspace?
  fileprivate let packs: PackedWeights
  fileprivate let pass: Pass
  fileprivate let profile: ProfileLane?
  fileprivate let draws: UInt64
  fileprivate let scope: String?
  fileprivate let checksFinite: Bool
}

extension Tape {
  var segmentSettings: SegmentSettings {
    SegmentSettings(
      parameters: parameters, workspace: workspace, packs: packs, pass: pass, profile: profile, draws: draws,
      scope: scope, checksFinite: checksFinite && firstNonFinite == nil)
  }

  /// The tape of a part that goes on where another one is. If it does not record it notes what parameters are used.
  convenience init(_ settings: SegmentSettings, isRecording: Bool, checksFinite: Bool = true) {
    self.init(
      parameters: settings.parameters, isRecording: isRecording, workspace: settings.workspace, packs: settings.packs,
      pass: settings.pass, profile: settings.profile, checksFinite: settings.checksFinite && checksFinite)
    (draws, scope) = (settings.draws, settings.scope)
    if !isRecording { usedParameters = [:] }
  }

  /// Takes over what a part has drawn and found on its own tape.
  func goOn(after part: Tape) {
    draws = part.draws
    operationCount += part.operationCount
    bufferUpdates += part.bufferUpdates
    firstNonFinite = firstNonFinite ?? part.firstNonFinite
  }
}

/// Why a run can't be: one line that says what to do.
public struct RunError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What helps. A program says it with the names of its own options.
  public enum Remedy: Equatable, Sendable {
    /// Nothing that could be said.
    case none
    /// Another folder.
    case otherFolder
    /// Another folder, or to replace what is there; `isRun` where it is a run to go on with.
    case otherFolderOrReplacing(isRun: Bool)
    /// To start a run in the folder.
    case starting
    /// To replace the folder's results by those of a new run.
    case replacing
    /// To name the folder of the run to go on with.
    case naming
  }

  /// What is wrong.
  public let problem: String
  /// What helps.
  public let remedy: Remedy
  /// The run's folder.
  public let folder: String

  init(_ problem: String, _ remedy: Remedy = .none, folder: String = "") {
    (self.problem, self.remedy, self.folder) = (problem, remedy, folder)
  }

  public var description: String {
    switch remedy {
    case .none: problem
    case .otherFolder: "\(problem): choose another one"
    case .otherFolderOrReplacing(let isRun):
      "\(problem): choose another one, or replace its results" + (isRun ? ", or resume its run" : "")
    case .starting: "\(problem): start the run"
    case .replacing: "\(problem); replace them to start it again"
    case .naming: "\(problem): give its folder"
    }
  }
}

import Latent
import LatentTraining

/// The tasks of training steps, read from the profile of one thread that trains alone.
struct StepTrace {
  /// What a thread has done from the last mark to this one.
  struct Mark {
    var row: String
    /// Whether it is of a layer's pass.
    var isPass: Bool
    var seconds: Double
  }

  /// One step.
  struct Step: Equatable {
    var shards: [Double] = []
    /// What the pool does after the shards, such as the sum of gradients: the tasks of each run.
    var runs: [Run] = []
    /// What is done between runs.
    var alone = 0.0
  }

  struct Run: Equatable {
    var name: String
    var tasks: [Double]
  }

  private(set) var steps: [Step] = []

  init(_ profile: Profile) {
    self.init(
      profile.events.filter { $0.thread == 0 }.map {
        Mark(row: profile.rows[$0.row].name, isPass: $0.pass != .other, seconds: $0.seconds)
      })
  }

  /// A shard begins with its data and ends with what nothing is said about; the order of an epoch is marked as data, too, but
  /// no layer's pass follows.
  init(_ marks: [Mark]) {
    var shard: (seconds: Double, hasPass: Bool)?
    // A run of one thread ends by waiting for nobody.
    let nothing = [Profiler.unattributed, Profiler.waiting]
    for mark in marks {
      if let open = shard, nothing.contains(mark.row) {
        if open.hasPass { add(shard: open.seconds + mark.seconds) } else { add(alone: open.seconds + mark.seconds) }
        shard = nil
      } else if let open = shard {
        shard = (open.seconds + mark.seconds, open.hasPass || mark.isPass)
      } else if mark.row == "data and shuffle" {
        shard = (mark.seconds, false)
      } else if nothing.contains(mark.row) {
        add(alone: mark.seconds)
      } else {
        add(task: mark.seconds, of: mark.row)
      }
    }
  }

  private mutating func add(shard seconds: Double) {
    if steps.last?.runs.isEmpty != true { steps.append(Step()) }
    steps[steps.count - 1].shards.append(seconds)
  }

  private mutating func add(task seconds: Double, of name: String) {
    guard let step = steps.indices.last else { return }
    if steps[step].runs.last?.name == name {
      steps[step].runs[steps[step].runs.count - 1].tasks.append(seconds)
    } else {
      steps[step].runs.append(Run(name: name, tasks: [seconds]))
    }
  }

  /// What comes before the first step belongs to none.
  private mutating func add(alone seconds: Double) {
    guard let step = steps.indices.last else { return }
    steps[step].alone += seconds
  }

  /// The usual step: the median of each task over the steps that have as many shards as most, and of all shards together,
  /// which are alike: where one took longer, somebody else used the machine.
  ///
  /// The first shard packs the weights for all. What it takes longer than the others is cut into pieces, which the workers
  /// that have a shard share.
  func schedule(pieces: Int, secondsOfMeeting: Double) -> StepSchedule? {
    let counts = Dictionary(grouping: steps, by: \.shards.count)
    guard let most = counts.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }), most.key > 0 else {
      return nil
    }
    func usual(_ value: (Step) -> Double?) -> Double { Statistics.median(most.value.compactMap(value)) ?? 0 }
    let first = usual { $0.shards[0] }
    let plain = min(first, Statistics.median(most.value.flatMap { $0.shards.dropFirst() }) ?? first)
    let packing = first - plain
    var phases = [
      StepPhase("between", tasks: [usual(\.alone)]),
      StepPhase(
        "packing", count: max(1, pieces), seconds: packing / Double(max(1, pieces)), mostWorkers: most.key),
      StepPhase("shards", count: most.key, seconds: plain, isMeeting: true),
    ]
    for (index, run) in (most.value.first?.runs ?? []).enumerated() {
      let tasks = run.tasks.indices.map { task in
        usual { step in
          let runs = step.runs
          return index < runs.count && task < runs[index].tasks.count ? runs[index].tasks[task] : nil
        }
      }
      phases.append(StepPhase(run.name, tasks: tasks, isMeeting: true))
    }
    return StepSchedule(phases, secondsOfMeeting: secondsOfMeeting)
  }
}

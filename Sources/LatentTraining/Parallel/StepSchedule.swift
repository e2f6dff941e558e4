/// A part of a training step whose tasks workers take in order, each as soon as it is free.
package struct StepPhase: Sendable, Codable, Equatable {
  package var name: String
  /// Seconds of each task, in the order in which they are taken.
  package var tasks: [Double]
  /// Workers that can take part, however many there are; nil for all.
  package var mostWorkers: Int?
  /// Whether the workers are called together for it, which takes time.
  package var isMeeting: Bool

  package init(_ name: String, tasks: [Double], mostWorkers: Int? = nil, isMeeting: Bool = false) {
    (self.name, self.tasks, self.mostWorkers, self.isMeeting) = (name, tasks, mostWorkers, isMeeting)
  }

  /// Equal tasks, such as the shards of a batch.
  package init(_ name: String, count: Int, seconds: Double, mostWorkers: Int? = nil, isMeeting: Bool = false) {
    self.init(
      name, tasks: Array(repeating: seconds, count: count), mostWorkers: mostWorkers, isMeeting: isMeeting)
  }

  /// Seconds of all tasks on one thread.
  package var work: Double { tasks.reduce(0, +) }

  /// Workers that have a task.
  func workers(of threads: Int) -> Int { max(1, min(threads, mostWorkers ?? threads, tasks.count)) }

  /// Seconds until the last task is done: each next task goes to the worker that is free first.
  package func seconds(threads: Int) -> Double {
    var free = Array(repeating: 0.0, count: workers(of: threads))
    for task in tasks {
      let first = free.indices.min { free[$0] < free[$1] }!
      free[first] += task
    }
    return free.max()!
  }
}

/// What a training step consists of: phases one after the other, of tasks that workers share. It says how long the step
/// takes on numbers of threads that one does not have.
///
/// All cores are as fast as the one on which the tasks were timed, and share neither caches nor memory.
package struct StepSchedule: Sendable, Codable, Equatable {
  package var phases: [StepPhase]
  /// Seconds that each further worker adds where workers are called together.
  package var secondsOfMeeting: Double

  package init(_ phases: [StepPhase], secondsOfMeeting: Double = 0) {
    (self.phases, self.secondsOfMeeting) = (phases, secondsOfMeeting)
  }

  /// Seconds of all tasks on one thread.
  package var work: Double { phases.reduce(0) { $0 + $1.work } }

  /// Seconds of calling workers together.
  func meeting(threads: Int) -> Double {
    phases.reduce(0) { $0 + ($1.isMeeting ? secondsOfMeeting * Double($1.workers(of: threads) - 1) : 0) }
  }

  /// Seconds of a step.
  package func seconds(threads: Int) -> Double {
    phases.reduce(meeting(threads: threads)) { $0 + $1.seconds(threads: threads) }
  }

  /// Which share of the threads' time nobody works, in each phase and in meetings, whose name is nil: what all the threads
  /// work is the rest.
  package func idle(threads: Int) -> [(phase: String?, share: Double)] {
    let whole = seconds(threads: threads)
    guard whole > 0 else { return [] }
    let phases = phases.map { phase in
      (phase: Optional(phase.name), share: (phase.seconds(threads: threads) - phase.work / Double(threads)) / whole)
    }
    return phases + [(phase: nil, share: meeting(threads: threads) / whole)]
  }
}

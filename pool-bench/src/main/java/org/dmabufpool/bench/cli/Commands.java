// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All commands of the runnable jar. */
@Command(
        name = "dmabuf-pool",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ShootCommand.class,
            DoctorCommand.class,
            TraceCommand.class,
            ReplayCommand.class,
            MapCommand.class,
            PeersCommand.class,
            ThreadsCommand.class,
            SolveCommand.class,
            PlanCommand.class,
            ServeCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = "A pool of slices of one dma-buf, tried out on a camera's work.",
        footer = {
            "%nBYTES are 268435456, 256M, 256Mi or 256MiB, in 1024s, or 256MB, in 1000s.",
            "A FILE to write of - is standard output; then what people read goes to standard error. replay, plan and"
                    + " map read standard input as -.",
            "Exit codes: 0 done, 1 the machine refused, 2 the command line, or a file it names, is wrong."
                    + " replay: 1 also where parts found no space."
        })
public final class Commands implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run().
    private CommandSpec spec;

    /** For picocli. */
    public Commands() {}

    /** A command line that reports failures as one line and an exit code. */
    public static CommandLine line() {
        Failure failure = new Failure();
        CommandLine line = new CommandLine(new Commands())
                .setExecutionExceptionHandler(failure)
                .setParameterExceptionHandler(failure);
        NumberText.register(line);
        line.setExecutionStrategy(new MissingModule());
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "name a command: shoot, doctor, trace, replay, map, peers, threads, solve, plan or serve (see --help)");
    }
}

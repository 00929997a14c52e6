// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium of a test's own. Not safe for use by several threads. */
final class Browser implements AutoCloseable {
    private static final String LOGGING = "goog:loggingPrefs";
    /** Far longer than it takes on a machine that has nothing else to do. */
    private static final Duration START = Duration.ofMinutes(3);

    /** Warns of a browser newer than Selenium's view of its debugger, which is not used here. */
    private static final Logger VERSION_FINDER = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    static {
        VERSION_FINDER.setLevel(Level.SEVERE);
    }

    private final ChromeDriver driver;
    private final List<String> errors = new ArrayList<>();

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts a browser with an empty profile. Nothing is downloaded: both programs are given by their paths. */
    static Browser start() {
        Path program = WatchTools.require("chromium");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(WatchTools.require("chromedriver").toFile())
                .usingAnyFreePort()
                .withTimeout(START)
                .build();
        return new Browser(new ChromeDriver(service, options(program)));
    }

    private static ChromeOptions options(Path program) {
        LoggingPreferences logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program.toFile());
        options.setCapability(LOGGING, logging);
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // Chromium refuses to run as root with one
                "--disable-gpu",
                "--disable-dev-shm-usage", // containers have a small one
                "--disable-background-networking",
                "--no-proxy-server");
        return options;
    }

    /** What a test steers the browser by. */
    WebDriver driver() {
        return driver;
    }

    /** Goes to the page and waits until it is loaded. */
    void open(URI page) {
        driver.get(page.toString());
    }

    /**
     * The errors that pages wrote to the console or failed with, from the browser's start on, in their order: uncaught
     * exceptions, {@code console.error}, and resources that could not be loaded.
     */
    List<String> errors() {
        for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
                errors.add(entry.getMessage());
            }
        }
        return List.copyOf(errors);
    }

    /** Stops browser and driver. */
    @Override
    public void close() {
        driver.quit();
    }
}

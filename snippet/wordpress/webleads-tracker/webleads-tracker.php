<?php
/**
 * Plugin Name:       webleads-tracker
 * Description:       Shows which companies read your blog, through your own webleads-tracker server: no cookie, under a kilobyte of script.
 * Version:           0.1.0
 * Requires at least: 5.7
 * Requires PHP:      7.4
 * Author:            The webleads-tracker authors
 * Update URI:        false
 * License:           MIT
 * License URI:       https://opensource.org/license/mit
 * Text Domain:       webleads-tracker
 * Domain Path:       /languages
 *
 * Loads the parts and hooks them into WordPress; does nothing else by itself.
 *
 * @package WebleadsTracker
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

require_once __DIR__ . '/includes/class-webleads-tracker-checks.php';
require_once __DIR__ . '/includes/class-webleads-tracker-options.php';
require_once __DIR__ . '/includes/class-webleads-tracker-snippet.php';
require_once __DIR__ . '/includes/class-webleads-tracker-settings-page.php';

add_action(
	'init',
	static function (): void {
		load_plugin_textdomain( 'webleads-tracker', false, dirname( plugin_basename( __FILE__ ) ) . '/languages' );
	}
);

( new Webleads_Tracker_Snippet() )->hook();

if ( is_admin() ) {
	( new Webleads_Tracker_Settings_Page( plugin_basename( __FILE__ ) ) )->hook();
}

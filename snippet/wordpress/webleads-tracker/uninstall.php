<?php
/**
 * Removes what the plugin stored, on every site of a network, when it is deleted.
 *
 * @package WebleadsTracker
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $webleads_tracker_site ) {
		switch_to_blog( $webleads_tracker_site );
		delete_option( 'webleads_tracker' );
		restore_current_blog();
	}
} else {
	delete_option( 'webleads_tracker' );
}
